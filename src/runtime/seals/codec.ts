/**
 * Seals what Temporal keeps of a sealed run: the payloads of its inputs, results, messages, queries and failures.
 *
 * @module
 */
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common'
import proto from '@temporalio/proto'
import { SEALED, type WorkflowPlace } from '../../core/sealing.ts'
import { type Sealer, SealProblem } from '../../store/index.ts'
import type { KnownSeals } from './known-seals.ts'

const { Payload: PayloadMessage } = proto.temporal.api.common.v1

/** The metadata of a sealed payload: that it is one, and with which key. */
const ENCODING = 'binary/signalbox-sealed'
const KEY = 'signalbox-key'

const MARKER = JSON.stringify(SEALED)

/** Payloads of runs that are not sealed pass untouched. Codecs of the user's own encode before this one. */
export function createCodec(seals: KnownSeals): PayloadCodec {
  return {
    async encode(payloads, context) {
      const place = placeIn(context)
      const seal = place && (await seals.of(place))
      return seal ? payloads.map(payload => sealPayload(seal.sealer, payload)) : payloads
    },
    async decode(payloads, context) {
      if (!payloads.some(isSealed)) return payloads
      const place = placeIn(context)
      if (place) await assertSealed(seals, place)
      return Promise.all(payloads.map(payload => openPayload(seals, payload)))
    },
  }
}

/**
 * Refuses to open sealed payloads for a run without a key, whose own payloads are in the clear. Whoever may start runs can read
 * ciphertext in the histories of others, and would have it opened by giving it to a run of their own.
 */
async function assertSealed(seals: KnownSeals, place: WorkflowPlace): Promise<void> {
  seals.cameSealed(place)
  if (await seals.of(place)) return
  throw new SealProblem(
    'unknown-key',
    `Something of run ${place.workflowId} is sealed, and it is not opened for a run that is without a key in the store of this process. If the run itself is sealed, use the store of its workers: set DATABASE_URL, or connect the client with \`store\`.`,
  )
}

function placeIn(context: SerializationContext | undefined): WorkflowPlace | undefined {
  const { workflowId, namespace } = context ?? {}
  return workflowId === undefined ? undefined : { workflowId, ...(namespace !== undefined && { namespace }) }
}

export function sealPayload(sealer: Sealer, payload: Payload): Payload {
  if (isSealed(payload) || isMarker(payload)) return payload
  const metadata = { encoding: Buffer.from(ENCODING), [KEY]: Buffer.from(sealer.keyId) }
  return { metadata, data: sealer.encrypt(PayloadMessage.encode(payload).finish()) }
}

export async function openPayload(seals: Pick<KnownSeals, 'withKey'>, payload: Payload): Promise<Payload> {
  const key = keyOf(payload)
  if (key === undefined) return payload
  const sealer = await seals.withKey(key)
  return PayloadMessage.decode(sealer.decrypt(payload.data ?? new Uint8Array()))
}

/** The id of the key with which it is sealed; `undefined` if it is not. */
export function keyOf(payload: Payload): string | undefined {
  return isSealed(payload) ? textOf(payload.metadata?.[KEY]) : undefined
}

export function isSealed({ metadata }: Payload): boolean {
  return textOf(metadata?.encoding) === ENCODING
}

function isMarker({ data }: Payload): boolean {
  return data?.length === MARKER.length && textOf(data) === MARKER
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString() : ''
}
