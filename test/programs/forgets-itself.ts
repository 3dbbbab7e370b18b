// forgets-itself: writes a title over the environment that it was started with, as postgres and nginx do. Then it lives.
import { memoryAt } from '../../src/system/libc.ts'
import { readEnvironRegion } from '../../src/system/procfs.ts'

const region = readEnvironRegion()
if (region !== null) memoryAt(region.start, region.length).fill(0).write('forgets-itself: idle')
console.log('forgotten')
setInterval(() => undefined, 1 << 30)
