/** The same contract against a peer that speaks the wire formats and that this project did not write. */
import { LLMock } from '@copilotkit/aimock'
import { script } from '../support/aimock-script.ts'
import { endpointOf, settingsOf } from '../support/model-asks.ts'
import { describeModelPort, type Vendor } from './model-port.ts'

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
