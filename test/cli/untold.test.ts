import { expect, it } from 'vitest'
import { untoldWords } from '../../src/cli/unopened.ts'
import { GRPC } from '../../src/runtime/temporal/grpc-answer.ts'

it('says of a server that was too slow that it was, not in what order its client had tried what', async () => {
  for (const [code, details] of [
    [GRPC.deadlineExceeded, 'Deadline exceeded after 0.001s,waiting for metadata filters'],
    [GRPC.cancelled, 'Call cancelled'],
  ] as const) {
    const error = Object.assign(new Error(details), { code, details, metadata: {} })
    expect(await untoldWords(error)).toBe('the Temporal server did not answer in time; ask again, or for fewer')
  }
})
