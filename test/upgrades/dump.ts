// Writes a database of the present version as SQL: `node scripts/bun.mjs test/upgrades/dump.ts > test/upgrades/vN.sql`.
// Run it before a release that brings a new version of the tables; never again for a version that was released.
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { StateDirectory } from '../contract/store/directory.ts'
import { content } from './content.ts'

using directory = new StateDirectory()
directory.with((store) => store.commit(content))
using database = new DatabaseSync(directory.file('coppice.db'))
console.log(dump(database).join('\n'))

function dump(database: DatabaseSync): string[] {
  const all = (sql: string) => database.prepare(sql).all()
  const pragma = (name: string): string => `PRAGMA ${name} = ${String(all(`PRAGMA ${name}`)[0]?.[name])};`
  const schema = all(
    "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'index', rootpage",
  )
  const tables = schema.filter(({ type }) => type === 'table').map(({ name }) => String(name))
  return [
    pragma('application_id'),
    pragma('user_version'),
    ...schema.map(({ sql }) => `${String(sql)};`),
    ...tables.flatMap((table) => all(`SELECT * FROM ${table}`).map((row) => insert(table, row))),
  ]
}

function insert(table: string, row: Readonly<Record<string, SQLOutputValue>>): string {
  const values = Object.values(row).map((value) => {
    return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? 'NULL')
  })
  return `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${values.join(', ')});`
}
