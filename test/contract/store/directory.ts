import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openStore, type StoreOptions } from '../../../src/store/sqlite.ts'
import type { Store } from '../../../src/store/store.ts'
import { aMoment } from './stored.ts'

/** A state directory of its own, gone at the end of the scope. */
export class StateDirectory implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'coppice-store-'))
  /** The wall clock's time. */
  now = aMoment

  /** A store over it; throws what a daemon would say and end. */
  open(options: Partial<StoreOptions> = {}): Store {
    const opened = openStore({ directory: this.path, now: () => this.now, ...options })
    if (!opened.ok) throw new Error(`${opened.failure.code}: ${opened.failure.message}`)
    return opened.value
  }

  /** Does something with a store over it, and closes it. */
  with(work: (store: Store) => void): void {
    const store = this.open()
    work(store)
    store.close()
  }

  file(name: string): string {
    return join(this.path, name)
  }

  names(): string[] {
    return readdirSync(this.path).toSorted()
  }

  read(name: string): Buffer {
    return readFileSync(this.file(name))
  }

  write(name: string, content: string | Buffer): void {
    writeFileSync(this.file(name), content)
  }

  /** Asks the database as an administrator would. */
  ask(sql: string, name = 'coppice.db'): Record<string, unknown>[] {
    using database = new DatabaseSync(this.file(name), { readOnly: true })
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  }

  /** Changes the database as nobody should. */
  meddle(sql: string): void {
    using database = new DatabaseSync(this.file('coppice.db'))
    database.exec(sql)
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
