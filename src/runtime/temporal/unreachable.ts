/** No Temporal server answers where one should be. The message names the address and says what to do. */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable'

  constructor(address: string, options?: ErrorOptions) {
    super(
      `no Temporal server answers at ${address}; start one with \`signalbox dev\`, or set TEMPORAL_ADDRESS to where it is`,
      options,
    )
  }
}
