// A tool that asks: the client shows its forms and lets its model answer.
//
// `on` sets a handler for one kind of question, in the words of the package.

import { connect, say } from './session.mjs';

const CONTENT = [{ guests: 4, outside: true }, { right: true }];

export const capabilities = { elicitation: {}, sampling: {} };

export async function ask(kind, on) {
  let forms = 0;
  const prepare = (client) => {
    on(client, 'elicitation/create', ({ params }) => {
      say('form', { message: params.message, fields: Object.keys(params.requestedSchema.properties) });
      return { action: 'accept', content: CONTENT[forms++] };
    });
    on(client, 'sampling/createMessage', ({ params }) => {
      say('model', { tokens: params.maxTokens, prompt: params.messages[0].content.text });
      const content = { type: 'text', text: 'Welcome!' };
      return { role: 'assistant', content, model: 'a-model', stopReason: 'endTurn' };
    });
  };
  const { client, close } = await connect({ ...kind, prepare });
  for (const day of ['Monday', 'Tuesday']) {
    forms = 0;
    const result = await client.callTool({ name: 'book', arguments: { day } });
    say('call', { name: day, text: result.content[0].text, error: result.isError ?? false });
  }
  await close();
  say('done');
  process.exit(0);
}
