// For the page on which developers try the API (api/swagger.html).
/* global SwaggerUIBundle */
SwaggerUIBundle({
  domNode: document.getElementById('swagger'),
  url: document.getElementById('swagger').dataset.url,
  presets: [SwaggerUIBundle.presets.apis],
  docExpansion: 'none',
  defaultModelsExpandDepth: -1,
  requestSnippetsEnabled: true,
  validatorUrl: null // it would send the address of this site to a service
})
