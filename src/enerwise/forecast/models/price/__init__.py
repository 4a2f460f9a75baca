"""Day-ahead prices: lines, kernels and trees, blended by what they showed over the last four weeks."""
