using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary>What comes before each body: of a request which method, of a response also what went wrong.</summary>
internal sealed class RpcHeader
{
    public static readonly RpcShape<RpcHeader> Request = new(
        new("ServiceMethod", static (ref reader, header) => reader.ReadText(ref header.Method)),
        new("Seq", static (ref reader, header) => reader.ReadUnsigned(ref header.Sequence)));

    public static readonly RpcShape<RpcHeader> Response = new(
    [
        .. Request.Fields,
        new("Error", static (ref reader, header) => reader.ReadText(ref header.Error)),
    ]);

    public string Method = "";
    public ulong Sequence;
    public string Error = "";

    public void WriteRequest(WireBuffer output)
    {
        var writer = new MessagePackWriter(output) { OldSpec = true };
        writer.WriteMapHeader(2);
        Write(ref writer);
        writer.Flush();
    }

    public void WriteResponse(WireBuffer output, string error)
    {
        var writer = new MessagePackWriter(output) { OldSpec = true };
        writer.WriteMapHeader(3);
        writer.Write("Error");
        writer.Write(error);
        Write(ref writer);
        writer.Flush();
    }

    private void Write(ref MessagePackWriter writer)
    {
        writer.Write("Seq");
        writer.Write(Sequence);
        writer.Write("ServiceMethod");
        writer.Write(Method);
    }
}
