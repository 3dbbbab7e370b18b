/** A process as a config file of our dialect would have it in JSON: the same keys, the same values. */
export type Entry = Readonly<Record<string, unknown>>
