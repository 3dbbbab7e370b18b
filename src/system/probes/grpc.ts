import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'

import type { Verdict } from '../../core/check.ts'
import { failed, type Asking, type ProbeOf } from './asking.ts'
import { dial, nameOf } from './dial.ts'
import { encodeHealthRequest, judgeHealthResponse } from './grpc-health.ts'

/** Passes when the standard health service (grpc.health.v1, without TLS) says SERVING of the service. [PB23] */
export async function askGrpc(probe: ProbeOf<'grpc'>, { signal }: Asking): Promise<Verdict> {
  const dialed = await dial(probe, signal)
  if (!dialed.ok) return dialed.failure
  return call(open(dialed.value, nameOf(probe)), probe.service)
}

// The session ends with its socket, which ends with the asking.
function open(socket: Socket, authority: string): ClientHttp2Session {
  return connect(`http://${authority}`, { createConnection: () => socket })
}

function call(session: ClientHttp2Session, service: string): Promise<Verdict> {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const message: Buffer[] = []
    const headers: IncomingHttpHeaders = {}
    // A call that fails at once has its status in the first headers, any other in the trailers.
    stream.on('response', (first) => void Object.assign(headers, first))
    stream.on('trailers', (last) => void Object.assign(headers, last))
    stream.on('data', (bytes: Buffer) => message.push(bytes))
    stream.on('close', () => resolve(judgeHealthResponse(headers, Buffer.concat(message))))
    stream.on('error', (error) => resolve(failed(`the call failed: ${error.message}`)))
    session.on('error', (error) => resolve(failed(`does not answer like gRPC: ${error.message}`)))
    stream.end(encodeHealthRequest(service))
  })
}
