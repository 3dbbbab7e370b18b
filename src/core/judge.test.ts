import { describe, expect, test } from 'bun:test'

import { freshMemory, probesOf, type Check, type Verdict } from './check.ts'
import { judge } from './judge.ts'

/** A leaf of that name. */
function ask(id: string): Check {
  return { tag: 'probe', probe: { kind: 'custom', id, timeout: 1000 } }
}

const yes: Verdict = { ok: true, detail: 'yes' }
const no: Verdict = { ok: false, detail: 'no' }

function read(letters: string): Verdict[] {
  return Array.from(letters, (letter) => (letter === 'y' ? yes : no))
}

/** Judges a check with one probe again and again, once a second: `yyn` in, `yyn` out. */
function course(check: Check, answers: string, { every = 1000, strict = false } = {}): string {
  let memory = freshMemory(check)
  const verdicts = read(answers).map((verdict, i) => {
    const [judged, next] = judge(check, memory, { verdicts: [verdict], now: 5000 + i * every, strict })
    memory = next
    return judged.ok ? 'y' : 'n'
  })
  return verdicts.join('')
}

/** Judges a check that was never asked, by a letter for each probe. */
function once(check: Check, answers: string): Verdict {
  return judge(check, freshMemory(check), { verdicts: read(answers), now: 0 })[0]
}

describe('not', () => {
  test('[PB30] not passes exactly when its part fails', () => {
    expect(course({ tag: 'not', of: ask('x') }, 'yn')).toBe('ny')
    expect(once({ tag: 'not', of: ask('x') }, 'y').detail).toBe('passed, and should not: yes')
    expect(once({ tag: 'not', of: ask('x') }, 'n').detail).toBe('no')
  })

  test('[PB30] not twice is the part itself', () => {
    expect(course({ tag: 'not', of: { tag: 'not', of: ask('x') } }, 'yn')).toBe('yn')
  })
})

describe('all and any', () => {
  const parts = [ask('a'), ask('b'), ask('c')]

  test('[PB31] all passes when every part does, and names those that failed', () => {
    expect(once({ tag: 'all', of: parts }, 'yyy')).toEqual({ ok: true, detail: 'yes; yes; yes' })
    expect(once({ tag: 'all', of: parts }, 'nyn')).toEqual({ ok: false, detail: 'no; no' })
  })

  test('[PB32] any passes when one part does, and names those that passed, or all', () => {
    expect(once({ tag: 'any', of: parts }, 'nyn')).toEqual({ ok: true, detail: 'yes' })
    expect(once({ tag: 'any', of: parts }, 'nnn')).toEqual({ ok: false, detail: 'no; no; no' })
  })

  test('[PB31] a part whose verdict is missing has failed', () => {
    expect(once({ tag: 'all', of: parts }, 'yy')).toEqual({ ok: false, detail: 'no answer' })
  })
})

describe('retries', () => {
  const twice: Check = { tag: 'retries', retries: 2, of: ask('x') }

  test('[PB33] retries fails only after more than so many failures in a row', () => {
    expect(course(twice, 'nnnn')).toBe('yynn')
  })

  test('[PB33] one success resets the count of retries', () => {
    expect(course(twice, 'nnynnynnn')).toBe('yyyyyyyyn')
  })

  test('[PB33] no retries is the part itself', () => {
    expect(course({ tag: 'retries', retries: 0, of: ask('x') }, 'nyn')).toBe('nyn')
  })

  test('[PB33] retries tells what it forgave, and how often it failed', () => {
    const [first, memory] = judge(twice, freshMemory(twice), { verdicts: [no], now: 0 })
    expect(first.detail).toBe('no, forgiven (1)')
    const [, second] = judge(twice, memory, { verdicts: [no], now: 0 })
    expect(judge(twice, second, { verdicts: [no], now: 0 })[0].detail).toBe('no, 3 times in a row')
  })
})

describe('bucket', () => {
  /** Holds two drops; one leaks every 10 s. */
  const bucket: Check = { tag: 'bucket', capacity: 2, leak: 10_000, of: ask('x') }

  test('[PB34] failures in quick succession make the bucket run over', () => {
    expect(course(bucket, 'nnn')).toBe('yyn')
  })

  test('[PB34] failures that come and go make it run over as well: a success empties nothing', () => {
    expect(course(bucket, 'nynyn', { every: 100 })).toBe('yyyyn')
  })

  test('[PB34] failures no faster than the leak never make it run over', () => {
    expect(course(bucket, 'n'.repeat(50), { every: 10_000 })).toBe('y'.repeat(50))
    expect(course(bucket, 'nnn'.repeat(20), { every: 8000 })).toContain('n')
  })

  test('[PB34] what has leaked counts by time, not by askings', () => {
    const [, after2] = judgeTwice(bucket, 0)
    expect(judge(bucket, after2, { verdicts: [no], now: 9999 })[0].ok).toBe(false)
    expect(judge(bucket, after2, { verdicts: [no], now: 10_000 })[0].ok).toBe(true)
  })

  test('[PB34] it never holds less than nothing', () => {
    const [, after2] = judgeTwice(bucket, 0)
    const [, empty] = judge(bucket, after2, { verdicts: [yes], now: 1_000_000 })
    expect(empty).toMatchObject({ level: 0 })
  })

  test('[PB34] after an outage of any length, one leak without a failure is enough', () => {
    expect(course(bucket, `${'n'.repeat(100)}y`, { every: 1000 })).toEndWith('nn')
    let memory = freshMemory(bucket)
    for (let i = 0; i < 100; i++) memory = judge(bucket, memory, { verdicts: [no], now: 0 })[1]
    expect(judge(bucket, memory, { verdicts: [yes], now: 9999 })[0]).toEqual({
      ok: false,
      detail: 'yes, but too many failures lately',
    })
    expect(judge(bucket, memory, { verdicts: [yes], now: 10_000 })[0]).toEqual(yes)
  })

  function judgeTwice(check: Check, now: number) {
    const [, first] = judge(check, freshMemory(check), { verdicts: [no], now })
    return judge(check, first, { verdicts: [no], now })
  }
})

describe('gates', () => {
  test('[PB35] a gate forgives nothing, but its check remembers', () => {
    expect(course({ tag: 'retries', retries: 2, of: ask('x') }, 'nyn', { strict: true })).toBe('nyn')
    expect(course({ tag: 'bucket', capacity: 2, leak: 1000, of: ask('x') }, 'nynyn', { strict: true })).toBe('nynyn')
    const bucket: Check = { tag: 'bucket', capacity: 1, leak: 1000, of: ask('x') }
    const [, memory] = judge(bucket, freshMemory(bucket), { verdicts: [no], now: 0, strict: true })
    expect(judge(bucket, memory, { verdicts: [no], now: 0 })[0].ok).toBe(false)
  })
})

describe('nested', () => {
  const tree: Check = {
    tag: 'any',
    of: [
      { tag: 'all', of: [{ tag: 'retries', retries: 1, of: ask('a') }, ask('b')] },
      { tag: 'not', of: { tag: 'bucket', capacity: 1, leak: 1000, of: ask('c') } },
    ],
  }

  test('[PB36] a check asks all its probes, from left to right', () => {
    expect(probesOf(tree).map((probe) => probe.kind === 'custom' && probe.id)).toEqual(['a', 'b', 'c'])
  })

  test('[PB36] every part of a check has a memory of its own', () => {
    const [first, memory] = judge(tree, freshMemory(tree), { verdicts: read('nyn'), now: 0 })
    expect(first.ok).toBe(true) // a is forgiven once
    const [second, next] = judge(tree, memory, { verdicts: read('nyy'), now: 0 })
    expect(second).toEqual({ ok: false, detail: 'no, 2 times in a row; passed, and should not: yes' })
    const [third] = judge(tree, next, { verdicts: read('nnn'), now: 0 })
    expect(third).toEqual({ ok: true, detail: 'too many failures: no' }) // c's bucket runs over
  })

  test('[PB36] judging changes neither the memory it is given nor the verdicts', () => {
    const memory = freshMemory(tree)
    const verdicts = read('nnn')
    const before = structuredClone({ memory, verdicts })
    judge(tree, memory, { verdicts, now: 0 })
    expect({ memory, verdicts }).toEqual(before)
  })
})
