using Microsoft.Extensions.Options;

namespace Discovery.KeyValue;

/// <summary>Which requests are answered at all.</summary>
internal sealed class KeyValueScope(CallScope scope, IOptions<KeyValueOptions> options)
{
    public KeyValueValidator Validator { get; } = new(options.Value);

    public void Check(CallContext? context) => scope.Check(context ?? CallContext.Local);
}
