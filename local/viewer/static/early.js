// In the head and no module: the data is on its way before the page is read and its modules are there.
{
  const path = document.currentScript.dataset.url;
  const headers = { Accept: "application/json" };
  window.early = {
    url: path + location.search,
    answer: fetch(path + location.search, { headers }).then(
      async (response) => ({ ok: response.ok, document: await response.json() }),
      (error) => ({ ok: false, document: { error: `the viewer does not answer (${error.message})` } }),
    ),
  };
}
