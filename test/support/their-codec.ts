/** A codec of a team's own: what is under it can be read by nobody else. And the endpoint through which their tools read it. */
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Payload, PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'
import { payloadsIn, toJson } from '../../src/runtime/seals/json-payloads.ts'
import { onFreePort } from './on-free-port.ts'

const { Payload: PayloadMessage } = proto.temporal.api.common.v1

const ENCODING = 'binary/theirs'

export const THEIR_CODEC: PayloadCodec = {
  encode: async payloads =>
    payloads.map(payload => ({
      metadata: { encoding: Buffer.from(ENCODING) },
      data: turned(PayloadMessage.encode(payload).finish()),
    })),
  decode: async payloads => payloads.map(opened),
}

function opened(payload: Payload): Payload {
  if (Buffer.from(payload.metadata?.encoding ?? []).toString() !== ENCODING) return payload
  return PayloadMessage.decode(turned(payload.data ?? new Uint8Array()))
}

const turned = (bytes: Uint8Array) => Uint8Array.from(bytes, byte => byte ^ 0x5a)

/** By Temporal's protocol for remote codecs, for one namespace and whoever presents the token. */
export async function startTheirEndpoint(namespace: string, token: string) {
  const server = createServer(async (request, response) => {
    const { headers, url } = request
    const isKnown = headers.authorization === token && headers['x-namespace'] === namespace
    const verb = isKnown ? /^\/theirs\/(encode|decode)$/.exec(url!)?.[1] : undefined
    response.statusCode = verb ? 200 : 403
    if (!verb) return response.end('no')
    const payloads = payloadsIn(await text(request))!
    const given = await THEIR_CODEC[verb as 'encode' | 'decode']([...payloads], {} as never)
    return response.end(JSON.stringify({ payloads: given.map(toJson) }))
  })
  const address = await onFreePort(server)
  return {
    endpoint: `http://${address}/theirs`,
    close: () => new Promise(closed => server.close(closed)),
  }
}
