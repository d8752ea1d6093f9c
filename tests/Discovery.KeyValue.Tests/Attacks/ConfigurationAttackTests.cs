using Microsoft.Extensions.Configuration;

namespace Discovery.Configuration;

/// <summary>Values of the store that are no good configuration.</summary>
public sealed class ConfigurationAttackTests
{
    [Theory]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    public void Json_WithHalfASurrogate_IsNotTaken(string json)
    {
        var provider = new KeyValueConfigurationProvider(
            "app/", new KeyValueConfigurationOptions { Optional = true, IsJson = static _ => true });
        provider.Load();
        Assert.NotNull(provider.Replace([Entry(System.Text.Encoding.UTF8.GetBytes(json))]));
        Assert.Null(provider.Replace([Entry("""{"a":"b"}"""u8.ToArray())]));
        Assert.True(provider.TryGet("x:a", out string? value) && value == "b");
    }

    private static KeyValueEntry Entry(byte[] value) => new("app/x"u8.ToArray(), value, 0, 1, 1, KeyValue.KeyValueTraits.None);
}
