/** The charts other pages may use. */
export { NextDay } from "./NextDay";
export type { Plan, Savings } from "./shapes";
