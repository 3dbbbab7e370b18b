/**
 * The version of what the store keeps: `coppice version --json` tells it, so that a supervisor knows before it gives way
 * to another program whether that one can read what it will find. It is the number of migrations (src/store/sqlite/schema.ts).
 */
export const stateFormat = 2
