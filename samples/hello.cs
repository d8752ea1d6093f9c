#:project ../src/Discovery.Http/Discovery.Http.csproj
#:property PublishAot=false

// The smallest node: run it with "dotnet run samples/hello.cs".
using Discovery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddDiscovery().AddService("hello", service => service.Port = 8080);
using IHost host = builder.Build();
await host.StartAsync();

var catalog = host.Services.GetRequiredService<IServiceCatalog>();
Console.WriteLine(catalog.Find("hello").Pick());
await host.StopAsync();
