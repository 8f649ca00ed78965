/** A workflow for a worker that only has to ask for work. */
export async function idle(): Promise<void> {}
