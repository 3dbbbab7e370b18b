import { createMemoryDisk, createMemoryStore } from '../../../src/store/memory.ts'
import { StateDirectory } from './directory.ts'
import { storeContract } from './store-contract.ts'

storeContract('sqlite', () => new StateDirectory())
storeContract('memory', () => {
  const disk = createMemoryDisk()
  return { open: (options) => createMemoryStore({ disk, ...options }), [Symbol.dispose]: () => undefined }
})
