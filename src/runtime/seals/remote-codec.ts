/**
 * A team's own codec, behind an address: Temporal's protocol for remote codecs, and the variables by which its command knows it.
 *
 * @module
 */
import type { ClientPlugin } from '@temporalio/client'
import type { Payload, PayloadCodec } from '@temporalio/common'
import { payloadsIn, toJson } from './json-payloads.ts'

/** The endpoint of TEMPORAL_CODEC_ENDPOINT did not encode or decode. */
export class CodecProblem extends Error {
  override readonly name = 'CodecProblem'
}

/** What Temporal's own converters write, which no codec has to open. */
const PLAIN = new Set(['json/plain', 'json/protobuf', 'binary/plain', 'binary/protobuf', 'binary/null'])

const WITHIN_MS = 10_000

/**
 * A plug-in for a client's connection, which gives the client the codec; none where TEMPORAL_CODEC_ENDPOINT is not set. As with Temporal's
 * own command, `{namespace}` in the address stands for the namespace, and TEMPORAL_CODEC_AUTH is sent as `Authorization`.
 */
export function remoteCodec(env: NodeJS.ProcessEnv, namespace: string): readonly ClientPlugin[] {
  const { TEMPORAL_CODEC_ENDPOINT: endpoint, TEMPORAL_CODEC_AUTH: authorization } = env
  if (!endpoint) return []
  const address = endpoint.replaceAll('{namespace}', encodeURIComponent(namespace)).replace(/\/+$/, '')
  const headers = {
    'content-type': 'application/json',
    'x-namespace': namespace,
    ...(authorization && { authorization }),
  }
  const codec = codecAt(address, headers)
  const configureClient: ClientPlugin['configureClient'] = options => ({
    ...options,
    dataConverter: { payloadCodecs: [codec] },
  })
  return [{ name: 'signalbox-remote-codec', configureClient }]
}

function codecAt(address: string, headers: Readonly<Record<string, string>>): PayloadCodec {
  const ask = async (verb: 'encode' | 'decode', payloads: readonly Payload[]) => {
    const body = JSON.stringify({ payloads: payloads.map(toJson) })
    const reply = await post(`${address}/${verb}`, { headers, body }).catch((cause: unknown) => {
      throw problem(verb, 'cannot be reached', { cause })
    })
    if (!reply.ok) throw problem(verb, `answered ${reply.status}; check the address, and TEMPORAL_CODEC_AUTH`)
    const given = payloadsIn(reply.text)
    if (given?.length !== payloads.length)
      throw problem(verb, 'answered with other than as many payloads as it was given')
    return [...given]
  }
  return {
    encode: payloads => ask('encode', payloads),
    decode: async payloads => (payloads.every(isPlain) ? payloads : ask('decode', payloads)),
  }
}

/** A redirect is not followed: what is to be encoded is in the clear, and meant for this address alone. */
async function post(address: string, asked: Pick<RequestInit, 'headers' | 'body'>) {
  const signal = AbortSignal.timeout(WITHIN_MS)
  const reply = await fetch(address, { ...asked, method: 'POST', redirect: 'manual', signal })
  return { ok: reply.ok, status: reply.status, text: await reply.text() }
}

function isPlain({ metadata }: Payload): boolean {
  return PLAIN.has(Buffer.from(metadata?.encoding ?? []).toString())
}

function problem(verb: 'encode' | 'decode', what: string, options?: ErrorOptions): CodecProblem {
  return new CodecProblem(
    `the codec endpoint of TEMPORAL_CODEC_ENDPOINT, which was to ${verb} payloads, ${what}`,
    options,
  )
}
