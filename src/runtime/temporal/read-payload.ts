import type { Client } from '@temporalio/client'
import type { Payload } from '@temporalio/common'

/** Decodes what a workflow was sent; `undefined` if the client's codecs cannot: others in the namespace encrypt theirs, and keys are destroyed. */
export async function readPayload(client: Client, sent: Payload, workflowId: string): Promise<unknown> {
  const { namespace, loadedDataConverter } = client.options
  const { payloadCodecs, payloadConverter } = loadedDataConverter
  let payloads = [sent]
  try {
    for (const codec of payloadCodecs.toReversed())
      payloads = await codec.decode(payloads, { type: 'workflow', namespace, workflowId })
    return payloads[0] && payloadConverter.fromPayload(payloads[0])
  } catch {
    // Codecs are people's own, and throw what they like.
    return undefined
  }
}
