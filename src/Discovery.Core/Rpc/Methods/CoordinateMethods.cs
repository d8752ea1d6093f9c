using Discovery.Consul;
using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary><c>Coordinate</c>: where nodes are in the space of round-trip times.</summary>
internal sealed class CoordinateMethods(ICoordinates coordinates, IMembershipSource membership) : IRpcMethodGroup
{
    private static readonly Coordinate s_origin = new(new double[Coordinate.Dimensions], 1.5, 0, 1e-5);

    private static readonly RpcShape<CoordinateRequest> s_coordinate = new(
        new("Vec", static (ref reader, request) => reader.ReadDoubles(ref request.Vector)),
        new("Error", static (ref reader, request) => reader.ReadDouble(ref request.Error)),
        new("Adjustment", static (ref reader, request) => reader.ReadDouble(ref request.Adjustment)),
        new("Height", static (ref reader, request) => reader.ReadDouble(ref request.Height)));

    private static readonly RpcShape<CoordinateRequest> s_update = new(
        RpcFields.Datacenter<CoordinateRequest>(),
        new("Node", static (ref reader, request) => reader.ReadText(ref request.Node)),
        new("Segment", static (ref reader, request) => reader.ReadText(ref request.Segment)),
        new("Coord", static (ref reader, request) =>
        {
            request.HasCoordinate = true;
            reader.ReadObject(s_coordinate, request);
        }),
        RpcFields.Token<CoordinateRequest>());

    public IReadOnlyList<RpcMethod> Methods =>
    [
        new("Coordinate.Update", UpdateAsync),
        new("Coordinate.ListNodes", ListNodesAsync),
        new("Coordinate.Node", NodeAsync),
        new("Coordinate.ListDatacenters", ListDatacenters),
    ];

    private async ValueTask UpdateAsync(RpcCall call)
    {
        CoordinateRequest request = RpcReader.Read(call.Body.Span, s_update);
        request.RequireDatacenter(call);

        // A node without a coordinate has nothing to tell.
        if (request is { HasCoordinate: true, Node.Length: > 0 })
        {
            try
            {
                var coordinate = new Coordinate(request.Vector ?? [], request.Error, request.Adjustment, request.Height);
                await coordinates.UpdateAsync(
                    new NodeCoordinate(request.Node, request.Segment, coordinate), request.ContextOf(call), call.Aborted);
            }
            catch (CatalogRefusedException refused) when (refused.Reason == CatalogRefusal.IncompatibleCoordinate)
            {
                throw new ApiException(500, "incompatible coordinate");
            }
        }

        RpcReplies.Empty(call);
    }

    private ValueTask ListNodesAsync(RpcCall call) => RpcReplies.QueryAsync(
        call, CatalogRequest.Read(call, CatalogRequest.OfDatacenter), coordinates.QueryNodesAsync, "Coordinates", WriteAll);

    private ValueTask NodeAsync(RpcCall call)
    {
        CatalogRequest request = CatalogRequest.Read(call, CatalogRequest.OfNode);
        return RpcReplies.QueryAsync(
            call, request, (options, cancelled) => coordinates.QueryNodeAsync(request.Node, options, cancelled), "Coordinates", WriteAll);
    }

    // The servers of the one datacenter, where every node begins.
    private ValueTask ListDatacenters(RpcCall call)
    {
        RpcReader.Read(call.Body.Span, CatalogRequest.OfDatacenter);
        NodeCoordinate[] servers =
        [
            .. membership.Members.Where(static one => one.Tags.GetValueOrDefault("role") == "consul")
                .Select(static one => new NodeCoordinate(one.Name, "", s_origin)),
        ];
        RpcReplies.Write(call, (call.Datacenter, servers), static (ref writer, body) =>
        {
            writer.WriteArrayHeader(1);
            writer.WriteMapHeader(3);
            writer.Write("AreaID");
            writer.Write("wan");
            writer.Write("Coordinates");
            WriteAll(ref writer, body.servers);
            writer.Write("Datacenter");
            writer.Write(body.Datacenter);
        });
        return ValueTask.CompletedTask;
    }

    private static void WriteAll(ref MessagePackWriter writer, IReadOnlyList<NodeCoordinate> all) =>
        RpcReplies.WriteList(ref writer, all, Write);

    private static void Write(ref MessagePackWriter writer, NodeCoordinate one)
    {
        writer.WriteMapHeader(3);
        writer.Write("Coord");
        writer.WriteMapHeader(4);
        writer.Write("Adjustment");
        writer.Write(one.Coordinate.Adjustment);
        writer.Write("Error");
        writer.Write(one.Coordinate.Error);
        writer.Write("Height");
        writer.Write(one.Coordinate.Height);
        writer.Write("Vec");
        writer.WriteArrayHeader(one.Coordinate.Vector.Count);
        foreach (double value in one.Coordinate.Vector)
        {
            writer.Write(value);
        }

        writer.Write("Node");
        writer.Write(one.Node);
        writer.Write("Segment");
        writer.Write(one.Segment);
    }

    private sealed class CoordinateRequest : RpcRequest
    {
        public string Node = "";
        public string Segment = "";
        public bool HasCoordinate;
        public List<double>? Vector;
        public double Error;
        public double Adjustment;
        public double Height;
    }
}
