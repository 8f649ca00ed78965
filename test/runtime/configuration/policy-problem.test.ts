import { expect, it } from 'vitest'
import type { Policy } from '../../../src/core/policy/policy.ts'
import { createPolicyProblem } from '../../../src/runtime/configuration/policy-problem.ts'
import { soundConfiguration } from '../../support/sound-configuration.ts'

const YAML = `
providers:
  acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", dataPolicy: { region: eu-west }, models: { acme/large: {} } }
  dune: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9002/v1", apiKey: "\${DUNE_KEY}", models: { dune/one: {} } }
classes: { strong: { models: [acme/large] } }
workspaces: { north: { policy: { regions: [eu-west, eu-north] } } }
`

it('names in the policy of a run must be borne by somebody, configured or in the catalogue', () => {
  const configuration = soundConfiguration(YAML)
  const ofPolicy = createPolicyProblem(() => configuration)
  const problemOf = (policy: Policy) => ofPolicy(policy, 'run')
  expect(problemOf({ zdr: true, maxRetentionMs: 0 })).toBeUndefined()
  expect(
    problemOf({
      denyProviders: ['acme', 'dune', 'openai'],
      allowModels: ['acme:acme/large', 'anthropic/claude-sonnet-4-5'],
      zdr: ['acme', 'google'],
    }),
  ).toBeUndefined()
  expect(problemOf({ denyProviders: ['acem'] })).toMatch(/denyProviders the provider 'acem'.*did you mean 'acme'\?/)
  expect(problemOf({ denyModels: ['acme/lagre'] })).toMatch(/the model 'acme\/lagre'.*did you mean 'acme\/large'\?/)
  expect(problemOf({ zdr: ['antropic'] })).toMatch(/in zdr the author 'antropic'.*did you mean 'anthropic'\?/)
  expect(problemOf({ regions: ['eu-west', 'eu-north'] })).toBeUndefined()
  // One that is left serves the call; the other may have lost its last endpoint.
  expect(problemOf({ regions: ['us-east', 'eu-west'] })).toBeUndefined()
  expect(problemOf({ denyProvider: ['acme'] } as Policy)).toMatch(/^the run's policy has the key 'denyProvider'/)
  expect(ofPolicy({ regions: ['eu-wset', 'eu-nroth'] }, 'call')).toMatch(
    /^the call's policy lists in regions the region 'eu-wset'.*did you mean 'eu-west'\?/,
  )
})
