// The tree that is soaked: some of everything that is hard to keep alive.

/** A process of the tree, as the config file has it. */
export interface Resident {
  readonly name: string
  readonly command: readonly string[]
  readonly [key: string]: unknown
}

/** In the environment of every resident, so that it is known from outside whose it is. */
export const marker = 'SOAK_NAME'

/** `flaky` ones end by themselves: they may be between two lives at any moment. */
export const flaky: readonly string[] = ['flaky-1', 'flaky-2']

/**
 * db ← api-1…3 ← leaf-1…3 (each on its api) · cache ← page · stubborn, family and orphans by themselves · flaky ones
 * @param program the compiled `resident`
 * @param dir where residents keep their locks
 */
export function residents(program: string, dir: string): readonly Resident[] {
  const one = (name: string, habits: readonly string[], keys: object = {}): Resident => ({
    name,
    command: [program, name, dir, ...habits],
    env: { [marker]: name },
    ...(habits.some((habit) => habit.startsWith('ready=')) ? { ready: 'notify: fd' } : {}),
    ...keys,
  })
  const three = [1, 2, 3]
  return [
    one('db', ['ready=200']),
    ...three.map((n) => one(`api-${n}`, ['ready=50'], { parent: 'db' })),
    ...three.map((n) => one(`leaf-${n}`, [], { parent: `api-${n}` })),
    one('cache', ['ready=20', 'family=2']),
    one('page', ['ready=20'], { dependencies: ['api-1', { name: 'cache', on_exit: 'restart' }] }),
    one('stubborn', ['stubborn=1']),
    one('stubborn-child', ['stubborn=1', 'ready=10'], { parent: 'cache' }),
    one('family', ['family=4']),
    one('orphans', ['orphans=100']),
    ...flaky.map((name) => one(name, ['lives=400'])),
    ...Array.from({ length: 10 }, (_, i) => one(`plain-${i + 1}`, [])),
    { ...one('often', ['lives=20']), schedule: '700ms', success_exit_codes: [3] },
  ]
}

/** The config file. */
export function config(all: readonly Resident[]): string {
  const defaults = { stop_timeout: '400ms', backoff: { initial: '20ms', max: '400ms', reset_after: '2s' } }
  return JSON.stringify({ defaults, processes: all }, null, 1)
}
