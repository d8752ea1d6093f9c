using System.Text.Json;

namespace Discovery.Node.Hosting;

/// <summary>What the program asks of the runtime that it runs on.</summary>
public sealed class RuntimeSettingsTests
{
    [Fact]
    public void RuntimeConfig_FullCollections_RunBesideTheNode()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "discovery-node.runtimeconfig.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement settings = document.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.True(settings.GetProperty("System.GC.Concurrent").GetBoolean());
        Assert.False(settings.GetProperty("System.GC.Server").GetBoolean());
    }
}
