using Discovery;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDiscovery()        // this process is a node
    .AddHttpHosting()                  // real addresses of Kestrel, health of the app's own health checks
    .AddService("web");                // what it offers
builder.Services.AddHttpClient("orders").UseServiceCatalog();       // http://web/ goes to an instance that is well
var app = builder.Build();
app.MapGet("/", (IServiceCatalog catalog) => $"web is at {catalog.Find("web").Pick()?.Uri}");
app.Run();
