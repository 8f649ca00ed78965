/**
 * Reads and writes sealed payloads for the Temporal UI and CLI, by Temporal's protocol for remote codecs: `POST …/decode` and
 * `POST …/encode` with `{ "payloads": […] }`, bytes in base64.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Payload } from '@temporalio/common'
import { sealedRoot, type WorkflowPlace } from '../../core/sealing.ts'
import { type Sealer, SealProblem, type SealStore, StoreProblem } from '../../store/index.ts'
import { openPayload, sealPayload } from './codec.ts'
import { payloadsIn, toJson } from './json-payloads.ts'

export interface CodecServerOptions {
  readonly seals: SealStore
  /** What everyone must present: as `Authorization: Bearer …`, or in the address, as `…/token/<token>/decode`. */
  readonly token: string
  /** Web pages that may ask, e.g. `http://127.0.0.1:8233` for the UI of a dev server. */
  readonly origins: readonly string[]
  readonly port: number
  /** @defaultValue 127.0.0.1 */
  readonly host?: string
}

export interface CodecServer {
  readonly url: string
  close(): Promise<void>
}

/** Twice what Temporal takes in one message, in base64. */
const MOST_BYTES = 12_000_000

interface Answer {
  readonly status: number
  readonly body?: unknown
}

const failure = (status: number, error: string): Answer => ({ status, body: { error } })

export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const server = createServer((request, response) => {
    const shared = headersFor(request.headers.origin, options.origins)
    answer(options, request).then(
      given => reply(response, given, shared),
      (error: unknown) => {
        // The caller has left while it was asking, and waits for no answer.
        if (request.destroyed && !request.complete) return
        const isOutage = error instanceof StoreProblem
        reply(response, isOutage ? failure(503, error.message) : failure(500, 'the codec endpoint failed'), shared)
        if (!isOutage) server.emit('error', error)
      },
    )
  })
  server.listen(options.port, options.host ?? '127.0.0.1')
  await once(server, 'listening')
  const { address, port } = server.address() as AddressInfo
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function answer(options: CodecServerOptions, request: IncomingMessage): Promise<Answer> {
  if (request.method === 'OPTIONS') return { status: 204 }
  const whole = pathOf(request.url ?? '/')
  if (!whole) return failure(400, 'the address is not valid: its parts are not percent-encoded UTF-8')
  const { token, path } = presented(request.headers.authorization, whole)
  if (!isAllowed(token, options.token))
    return failure(
      401,
      'present the token of this endpoint as `Authorization: Bearer …`, or ask …/token/<token>/decode',
    )
  const verb = path.pop()
  if (request.method !== 'POST' || (verb !== 'encode' && verb !== 'decode'))
    return failure(404, 'this endpoint accepts only POST …/decode and POST …/encode')
  const payloads = payloadsIn(await bodyOf(request))
  if (!payloads) return failure(400, 'the body is not { "payloads": […] } within 12 MB')
  return verb === 'decode' ? decode(options.seals, payloads) : encode(options.seals, placeOf(path, request), payloads)
}

/**
 * The Temporal UI can be told an address and nothing else: the one header that it would send is the access token of whoever has
 * signed in there, and only over TLS.
 */
function presented(authorization = '', [first, second, ...rest]: readonly string[]) {
  return first === 'token' && second !== undefined
    ? { token: second, path: rest }
    : {
        token: authorization.replace(/^Bearer /, ''),
        path: [first, second, ...rest].filter(part => part !== undefined),
      }
}

/** `undefined`: what it says is not encoded as addresses are. */
function pathOf(url: string): string[] | undefined {
  try {
    return url
      .split('?')[0]!
      .split('/')
      .filter(part => part !== '')
      .map(decodeURIComponent)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

async function decode(seals: SealStore, payloads: readonly Payload[]): Promise<Answer> {
  const opened = await Promise.all(payloads.map(payload => openPayload(seals, payload).catch(inWords)))
  return { status: 200, body: { payloads: opened.map(toJson) } }
}

/** One that cannot be read must not hide the others: the reason is shown in its place. */
function inWords(error: unknown): Payload {
  if (!(error instanceof SealProblem)) throw error
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(`[${error.message}]`)) }
}

interface Place {
  readonly kind: string | undefined
  readonly name: string | undefined
  readonly namespace: string
}

/** The protocol does not say for which run is encoded, so the address does. The UI and the CLI name the namespace in a header. */
function placeOf(path: readonly string[], { headers }: IncomingMessage): Place {
  const [kind, name] = path.slice(-2)
  return { kind, name, namespace: String(headers['x-namespace'] ?? 'default') }
}

async function encode(seals: SealStore, place: Place, payloads: readonly Payload[]): Promise<Answer> {
  const { kind, name } = place
  if (name === undefined || (kind !== 'runs' && kind !== 'workspaces'))
    return failure(
      400,
      'the address does not say for whom: use this endpoint as …/runs/<id> or …/workspaces/<name>, followed by /encode',
    )
  try {
    const sealer = await (kind === 'runs'
      ? sealerOfRun(seals, { ...place, workflowId: name })
      : seals.ofWorkspace(name))
    return {
      status: 200,
      body: { payloads: payloads.map(payload => toJson(sealer ? sealPayload(sealer, payload) : payload)) },
    }
  } catch (error) {
    if (error instanceof SealProblem) return failure(409, error.message)
    throw error
  }
}

async function sealerOfRun(seals: SealStore, run: WorkflowPlace): Promise<Sealer | undefined> {
  return (await seals.of(sealedRoot(run)))?.sealer
}

function isAllowed(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

/** A body that is too long is read to its end too: a caller who is cut off while sending gets no answer. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MOST_BYTES) chunks.push(chunk)
    else chunks.length = 0
  }
  return size <= MOST_BYTES ? Buffer.concat(chunks).toString() : undefined
}

/** Only the pages that were named may read an answer. */
function headersFor(origin: string | undefined, origins: readonly string[]): Readonly<Record<string, string>> {
  if (origin === undefined || !origins.includes(origin)) return { vary: 'origin' }
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers': 'authorization, content-type, x-namespace',
    'access-control-allow-credentials': 'true',
    vary: 'origin',
  }
}

function reply(response: ServerResponse, { status, body }: Answer, headers: Readonly<Record<string, string>>): void {
  response.writeHead(status, { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}
