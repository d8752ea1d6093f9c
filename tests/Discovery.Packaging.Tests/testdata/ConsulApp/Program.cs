var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDiscovery()
    .AddHttpApi()                      // Consul's HTTP API, and all that AddHttpHosting() does
    .AddDnsServer()                    // web.service.consul, at 127.0.0.1:8600
    .AddService("web")
    .AddService("mail", mail =>        // something else on this machine
    {
        mail.Port = 25;
        mail.Checks.Add(new() { Tcp = "127.0.0.1:25", Interval = TimeSpan.FromSeconds(10) });
    });
var app = builder.Build();
app.MapGet("/", () => "hello");
app.MapDiscovery();                    // /v1/... on the app's own listener; nothing else of the app is touched
app.Run();
