/** Packages that are no dependency of ours, against a peer that speaks their formats and that this project did not write. */
import { LLMock } from '@copilotkit/aimock'
import { script } from '../support/aimock-script.ts'
import { endpointOf, settingsOf } from '../support/model-asks.ts'
import { describeModelPort, type Scenario, type Vendor } from './model-port.ts'

/** The path before the resource, as the vendor's own base URL has it. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@ai-sdk/amazon-bedrock': '',
  '@ai-sdk/azure': '/v1',
  '@ai-sdk/cerebras': '/v1',
  '@ai-sdk/cohere': '/v2',
  '@ai-sdk/deepinfra': '',
  '@ai-sdk/groq': '/v1',
  '@ai-sdk/mistral': '/v1',
  '@ai-sdk/togetherai': '/v1',
  '@ai-sdk/xai': '/v1',
  '@openrouter/ai-sdk-provider': '/v1',
}

async function startVendor(name: string): Promise<Vendor> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1' })
  await mock.start()
  return {
    endpoint: endpointOf(name, { upstream: 'large-v2' }),
    settings: settingsOf(name, mock.url, { package: name, baseUrl: mock.url + PACKAGES[name] }),
    prepare: scenario => script(mock, scenario),
    requestIds: () => mock.getRequests().map(({ headers }) => headers['x-client-request-id']),
    stop: () => mock.stop(),
  }
}

/** Told by our transcribed replies instead (`model-port.scripted.test.ts`). */
const SKIPPED: Readonly<Record<string, Partial<Record<Scenario, string>>>> = {
  '@ai-sdk/cohere': { text: 'the peer begins a text without its `text`, which the package demands' },
  '@ai-sdk/groq': { text: 'the peer counts where it is asked to, and Groq always, in `x_groq`' },
  '@ai-sdk/mistral': { text: 'the peer counts where it is asked to, and Mistral always' },
  '@ai-sdk/xai': {
    text: 'the peer leaves out the status of a reasoning item, which the package demands',
    tools: 'the peer leaves out the status of a reasoning item, which the package demands',
  },
}

for (const name of Object.keys(PACKAGES)) {
  describeModelPort({ name: `${name}, aimock`, start: () => startVendor(name), skip: SKIPPED[name] })
}
