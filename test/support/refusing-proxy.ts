import { connect, constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { onFreePort } from './on-free-port.ts'

export interface RefusingProxy {
  readonly address: string
  /** Resolves when the method was refused for the first time. */
  readonly refused: Promise<void>
  close(): void
}

/**
 * A gRPC server at which one method fails, and which passes all others on.
 *
 * @param status - gRPC's. @defaultValue 13 (internal), which clients do not try again
 */
export async function refusingProxy(target: string, refused: string, status = 13): Promise<RefusingProxy> {
  const server = createServer()
  const sessions: ServerHttp2Session[] = []
  let tell = () => {}
  const isRefused = new Promise<void>(resolve => {
    tell = resolve
  })
  server.on('session', session => {
    const upstream = connect(`http://${target}`)
    sessions.push(session.on('close', () => upstream.close()))
    session.on('stream', (stream, headers) => {
      if (headers[':path']?.endsWith(`/${refused}`)) {
        stream.respond(failure(status), { endStream: true })
        return tell()
      }
      passOn(stream, upstream.request({ ...headers, ':authority': target }))
    })
  })
  const address = await onFreePort(server)
  const close = () => {
    for (const session of sessions) session.destroy()
    server.close()
  }
  return { address, refused: isRefused, close }
}

function failure(status: number) {
  return { 'content-type': 'application/grpc', 'grpc-status': String(status), 'grpc-message': 'shard closed' }
}

type Passed = ReturnType<ReturnType<typeof connect>['request']>

function passOn(stream: ServerHttp2Stream, passed: Passed): void {
  let trailers = {}
  // A failure comes as headers alone, which stand for the trailers too.
  passed.on('response', (headers, flags) => {
    const isAll = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
    stream.respond(headers, isAll ? { endStream: true } : { waitForTrailers: true })
  })
  passed.on('trailers', told => {
    trailers = told
  })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  stream.pipe(passed).pipe(stream)
}
