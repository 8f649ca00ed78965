/** The same contract against a peer that speaks the wire formats and that this project did not write. */
import { LLMock } from '@copilotkit/aimock'
import { endpointOf, settingsOf } from '../support/model-asks.ts'
import { describeModelPort, type Scenario, type Vendor } from './model-port.ts'

const ANSWER = { content: 'Grüße 🚦 aus Genève, 世界' }

function script(mock: LLMock, scenario: Scenario): void {
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

async function startVendor(protocol: string): Promise<Vendor> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1' })
  await mock.start()
  return {
    endpoint: endpointOf(protocol),
    settings: settingsOf(protocol, mock.url),
    prepare: scenario => script(mock, scenario),
    requestIds: () => mock.getRequests().map(({ headers }) => headers['x-client-request-id']),
    stop: () => mock.stop(),
  }
}

for (const protocol of ['openai', 'openai-responses', 'anthropic', 'google', 'openai-compatible']) {
  describeModelPort({ name: `${protocol}, aimock`, start: () => startVendor(protocol) })
}
