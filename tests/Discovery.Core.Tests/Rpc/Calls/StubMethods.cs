namespace Discovery.Rpc;

/// <summary>Methods that tests need: each counts its calls.</summary>
internal sealed class StubMethods(params (string Name, Func<RpcCall, ValueTask> Handle)[] methods) : IRpcMethodGroup
{
    public int Calls { get; private set; }

    public IReadOnlyList<RpcMethod> Methods =>
    [
        .. methods.Select(one => new RpcMethod(one.Name, call =>
        {
            Calls++;
            return one.Handle(call);
        })),
    ];

    public static ValueTask Text(RpcCall call, string text)
    {
        RpcReplies.Text(call, text);
        return ValueTask.CompletedTask;
    }
}
