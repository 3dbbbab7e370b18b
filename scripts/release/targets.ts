/** What a release is built for. The x64 runtime needs SSE4.2 and picks AVX2 when it runs: its baseline is the only one. */
export const targets = [
  { name: 'linux-x64', bun: 'bun-linux-x64-baseline', package: '@oven/bun-linux-x64' },
  { name: 'linux-x64-musl', bun: 'bun-linux-x64-musl', package: '@oven/bun-linux-x64-musl' },
  { name: 'linux-arm64', bun: 'bun-linux-arm64', package: '@oven/bun-linux-aarch64' },
  { name: 'linux-arm64-musl', bun: 'bun-linux-arm64-musl', package: '@oven/bun-linux-aarch64-musl' },
] as const

export type Target = (typeof targets)[number]
