import { userName } from './identity.ts'
import { peerCredentials } from './libc.ts'

/** Who is at the other end of a connected unix socket, as the kernel says; null where it does not. */
export function peerOf(descriptor: number): { readonly uid: number; readonly user: string } | null {
  const peer = peerCredentials(descriptor)
  return typeof peer === 'number' ? null : { uid: peer.uid, user: userName(peer.uid) }
}
