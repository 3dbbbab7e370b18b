import { expect, test } from 'bun:test'
import { parseNotifications } from './message.ts'

test('[NT4] several to a datagram, in their order', () => {
  expect(parseNotifications('READY=1\nSTATUS=all = well\nMAINPID=42\nWATCHDOG=1\nSTOPPING=1')).toEqual([
    { tag: 'ready' },
    { tag: 'status', text: 'all = well' },
    { tag: 'main-pid', pid: 42 },
    { tag: 'watchdog' },
    { tag: 'stopping' },
  ])
})

test('[NT4] everything else is passed over', () => {
  const odd =
    'READY=0\nREADY\n\nMAINPID=\nMAINPID=-1\nMAINPID=0\nMAINPID=1x\nMAINPID=99999999999\nWATCHDOG=trigger\nready=1\nFDSTORE=1'
  expect(parseNotifications(odd)).toEqual([])
})

test('[NT4] an empty status is a status', () => {
  expect(parseNotifications('STATUS=')).toEqual([{ tag: 'status', text: '' }])
})
