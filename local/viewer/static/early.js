// In the head and no module: the data is on its way before the page is read and its modules are there.
{
  const { url: path, variables } = document.currentScript.dataset;
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(JSON.parse(variables))) if (!query.has(name)) query.set(name, value);
  const url = `${path}?${query}`;
  const headers = { Accept: "application/json" };
  window.early = {
    answer: fetch(url, { headers }).then(
      async (response) => ({ ok: response.ok, document: await response.json() }),
      (error) => ({ ok: false, document: { error: `the viewer does not answer (${error.message})` } }),
    ),
  };
}
