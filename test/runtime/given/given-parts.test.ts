import { describe, expect, it } from 'vitest'
import type { UserMessage } from '../../../src/core/messages.ts'
import { userParts } from '../../../src/core/ui-messages/user-parts.ts'
import { type GivenPart, givenParts } from '../../../src/runtime/given/given-parts.ts'
import { WrongStart } from '../../../src/runtime/wrong-start.ts'

const given = (mediaType: string, url: string) => givenParts('the message', [{ type: 'file', mediaType, url }])

describe('a file as a page of the AI SDK has it', () => {
  it('is the file itself where its address holds it', () => {
    expect(given('image/png', 'data:image/png;base64,iVBORw0KGgo=')).toEqual([
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'iVBORw0KGgo=' } },
    ])
    expect(given('image/png', 'data:image/png;base64,iVBORw0%4BGgo%3D')).toEqual([
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'iVBORw0KGgo=' } },
    ])
    expect(given('text/csv', 'data:text/csv;charset=utf-8,caf%C3%A9%2C1')).toEqual([
      { type: 'file', mediaType: 'text/csv', data: { type: 'text', text: 'café,1' } },
    ])
    expect(given('application/json', 'data:application/json,{}')).toEqual([
      { type: 'file', mediaType: 'application/json', data: { type: 'data', data: 'e30=' } },
    ])
  })

  it('is an address for the vendor where it lies elsewhere', () => {
    const url = 'https://example.org/a.png'
    expect(given('image/png', url)).toEqual([{ type: 'file', mediaType: 'image/png', data: { type: 'url', url } }])
  })

  it('comes back as what it was given as, if a person changes the message', () => {
    const content: UserMessage['content'] = [
      { type: 'text', text: 'What is this?' },
      { type: 'file', mediaType: 'text/plain', filename: 'a.txt', data: { type: 'text', text: '100 % café, 😀\n' } },
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'iVBORw0KGgo=' } },
    ]
    expect(givenParts('the message', userParts(content) as readonly GivenPart[])).toEqual(content)
  })

  it('is refused where nobody can read it', () => {
    expect(() => given('text/plain', 'data:text/plain,100%')).toThrow(WrongStart)
    expect(() => given('image/png', 'data:image/png,%89PNG')).toThrow(WrongStart)
  })
})
