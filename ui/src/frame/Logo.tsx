export function Logo({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true">
      <rect width="64" height="64" rx="17" fill="var(--ink)" />
      <path d="M17 43 29.500 20q2.500-4.500 5 0L47 43" fill="none" stroke="var(--solar)" strokeWidth="6.500" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
