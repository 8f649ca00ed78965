/**
 * The scenarios of the model port's contract, as a peer plays them that this project did not write.
 *
 * @module
 */
import type { LLMock } from '@copilotkit/aimock'
import type { Scenario } from '../contracts/model-port.ts'

const ANSWER = { content: 'Grüße 🚦 aus Genève, 世界' }

export function script(mock: LLMock, scenario: Scenario): void {
  mock.clearFixtures()
  const error = (status: number) => ({
    error: { message: 'CANARY-PROMPT', type: 'server_error' },
    status,
    retryAfter: 3,
  })
  switch (scenario) {
    case 'text':
      return void mock.on({}, ANSWER)
    case 'tools':
      return void mock.on({}, { toolCalls: [{ id: 'call_1', name: 'get_weather', arguments: '{"city":"Oslo"}' }] })
    case 'rate-limited':
      return void mock.on({}, error(429))
    case 'failing':
      return void mock.on({}, error(500))
    case 'cut-off':
      return void mock.on({}, ANSWER, { truncateAfterChunks: 4, chunkSize: 4, latency: 5 })
    case 'hanging':
      // It cannot stop after its first words, so it is slow: 100 ms between two of its many chunks.
      return void mock.on({}, { content: 'la '.repeat(200) }, { chunkSize: 4, streamingProfile: { tps: 10 } })
  }
}
