/** The longest wait one may ask for in milliseconds: some 24 days, all that a timer can count. */
export const longestTimeout = 2 ** 31 - 1
