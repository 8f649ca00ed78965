import { expect, it } from 'vitest'
import type { CatalogueEndpoint } from '../../src/catalog/catalogue-endpoint.ts'
import { asAskedFrom } from '../../src/catalog/inference-profiles.ts'

const endpoint = (model: string, upstream: string): CatalogueEndpoint => ({
  id: `amazon-bedrock:${model}`,
  provider: 'amazon-bedrock',
  model,
  upstream,
  protocol: '@ai-sdk/amazon-bedrock',
  abilities: [],
  dataPolicy: {},
  title: model,
  releaseDate: '2026-01-01',
  offered: true,
})

/** The shipped list has none of these two parts, and newer ones do. */
it.each([
  ['ap-south-1', 'apac.amazon.nova-pro-v1:0'],
  ['ap-northeast-1', 'jp.amazon.nova-pro-v1:0'],
  ['ca-central-1', 'ca.amazon.nova-pro-v1:0'],
  ['sa-east-1', 'amazon.nova-pro-v1:0'],
])('from %s a model is asked by the profile of the smallest part of the world that has one: %s', (region, upstream) => {
  const profiles = ['apac', 'jp', 'ca', 'us'].map(part => `${part}.amazon.nova-pro-v1:0`)
  const listed = [
    endpoint('amazon/nova-pro', 'amazon.nova-pro-v1:0'),
    ...profiles.map(profile => endpoint(`amazon-bedrock/${profile}`, profile)),
  ]
  const [model, ...others] = asAskedFrom(region, 'amazon-bedrock', listed)
  expect(model).toMatchObject({ model: 'amazon/nova-pro', upstream, offered: true })
  // The profile that is lent is not offered once more under its own name.
  const offered = others.filter(each => each.offered).map(each => each.upstream)
  expect(offered).toEqual(profiles.filter(profile => profile !== upstream))
})
