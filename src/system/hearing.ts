import type { Census, Tribe } from './census.ts'
import { ownCredentials, type Account } from './identity.ts'
import type { ChannelOrder } from './notify/notifier.ts'
import { isHeard } from './notify/sender.ts'
import type { SpawnOrder } from './ports.ts'

/** How a run is heard: only its own members speak for it. [NT6] */
export function channelOrderOf(
  { order, census, log }: { readonly order: SpawnOrder; readonly census: Census; readonly log: (text: string) => void },
  { account, run }: { readonly account: Account | null; readonly run: () => Tribe | null },
): ChannelOrder {
  const own = ownCredentials().uid
  let hasComplained = false
  const uids = [own, 0, account?.credentials?.uid ?? own]
  return {
    ref: order.ref,
    ready: order.spec.ready,
    tell: (message) => order.news({ tag: 'notified', message }),
    isMember: (pid) => {
      const tribe = run()
      return tribe !== null && census.isMember(pid, tribe)
    },
    mayTell: (datagram) => {
      const tribe = run()
      const heard = tribe !== null && isHeard(datagram, { tribe, census, uids })
      if (!heard && !hasComplained)
        log(`${order.spec.name}: a notification of process ${datagram.pid} (uid ${datagram.uid}) was ignored`)
      hasComplained ||= !heard
      return heard
    },
  }
}
