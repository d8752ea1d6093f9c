using Discovery;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(NodeRuntime.CreateSystem());
var app = builder.Build();
app.MapGet("/", (NodeRuntime runtime) => runtime.Time == TimeProvider.System ? "a node on the system's clock" : "some other clock");
app.Run();
