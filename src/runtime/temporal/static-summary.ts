import type { Client } from '@temporalio/client'
import type { Payload } from '@temporalio/common'
import type { Described } from './describe-known.ts'

/** The line that its starter has given a workflow, as it was sent. */
export function sentSummary({ executionConfig }: Described): Payload | undefined {
  return executionConfig?.userMetadata?.summary ?? undefined
}

/** Decodes the line; `undefined` if the client's codecs cannot: others in the namespace encrypt theirs. */
export async function readSummary(client: Client, sent: Payload, workflowId: string): Promise<unknown> {
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
