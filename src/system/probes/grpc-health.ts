import type { IncomingHttpHeaders } from 'node:http2'

import type { Verdict } from '../../core/check.ts'
import { failed, passed } from './asking.ts'

// The messages of grpc.health.v1 have one field each, so we write and read their few bytes by hand:
//   HealthCheckRequest  { string service = 1 }
//   HealthCheckResponse { ServingStatus status = 1 }

/** A HealthCheckRequest for a service (empty: the whole server) as gRPC frames it: not compressed, length, message. */
export function encodeHealthRequest(service: string): Buffer {
  const name = Buffer.from(service)
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([stringField, ...varint(name.length)]), name])
  const frame = Buffer.alloc(5)
  frame.writeUInt32BE(message.length, 1)
  return Buffer.concat([frame, message])
}

/** Judges the answer of Health/Check by its headers and trailers, together, and its framed message. */
export function judgeHealthResponse(headers: IncomingHttpHeaders, framed: Buffer): Verdict {
  const { ':status': http, 'grpc-status': code, 'grpc-message': text } = headers
  if (http === undefined) return failed('connection closed without an answer')
  if (Number(http) !== 200) return failed(`HTTP ${Number(http)} instead of gRPC`)
  if (code === undefined) return failed('does not answer like gRPC: no grpc-status')
  if (code !== '0') return failed(describeStatus(Number(code), String(text ?? '')))
  const serving = servingStatus(framed)
  return serving === 'SERVING' ? passed(serving) : failed(serving)
}

// An empty message is the default of its only field: UNKNOWN. No other field is known, and none is longer than a byte.
function servingStatus(framed: Buffer): string {
  const status = framed[5] === varintField ? framed[6] : 0
  return servingStatuses[status ?? 0] ?? `serving status ${status}`
}

const stringField = 0x0a
const varintField = 0x08
const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

function describeStatus(code: number, text: string): string {
  const name = statuses[code] ?? `gRPC status ${code}`
  return text === '' ? name : `${name}: ${decode(text)}`
}

// prettier-ignore
const statuses = [
  'OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS',
  'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED',
  'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED',
]

// grpc-message is percent-encoded; a server that does it wrong should still be heard.
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]
}
