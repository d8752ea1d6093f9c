using Discovery.Infrastructure;

namespace Discovery.Coordinates;

/// <summary><c>/v1/coordinate</c>: where nodes are in the space of round-trip times.</summary>
internal sealed class CoordinateEndpoints(IDiscoveryNode node) : IEndpointGroup
{
    private static readonly Coordinate Origin = new(new double[Coordinate.Dimensions], 1.5, 0, 1e-5);

    public void Map(ApiRoutes routes)
    {
        routes.Add("coordinate/datacenters", ApiMethods.Get, DatacentersAsync);
        routes.Add("coordinate/nodes", ApiMethods.Get, NodesAsync);
        routes.Add("coordinate/node/", ApiMethods.Get, NodeAsync);
        routes.Add("coordinate/update", ApiMethods.Put, UpdateAsync);
    }

    // The one server of the one datacenter, where every node begins.
    private Task DatacentersAsync(ApiCall call)
    {
        var json = new JsonBuffer();
        json.Raw("[{\"Datacenter\":"u8).String(node.Datacenter).Raw(",\"AreaID\":\"wan\",\"Coordinates\":["u8);
        Write(json, new NodeCoordinate(node.Name, "", Origin));
        return call.WriteAsync(json.Raw("]}]"u8));
    }

    private Task NodesAsync(ApiCall call)
    {
        QueryOptions options = call.ReadOptions();
        string segment = call.Query.Get("segment");
        return call.RunAsync(
            options,
            node.Coordinates.QueryNodesAsync,
            (one, coordinates) => one.WriteAsync(WriteList(coordinates.Where(c => segment.Length == 0 || c.Segment == segment))),
            showsConsistency: false);
    }

    private Task NodeAsync(ApiCall call)
    {
        QueryOptions options = call.ReadOptions();
        if (call.RestSpan.IsEmpty)
        {
            return call.WriteEmptyAsync(404);
        }

        string name = call.Rest;
        string segment = call.Query.Get("segment");
        return call.RunAsync(
            options,
            (o, cancelled) => node.Coordinates.QueryNodeAsync(name, o, cancelled),
            (one, coordinates) =>
            {
                NodeCoordinate[] shown = [.. coordinates.Where(c => segment.Length == 0 || c.Segment == segment)];
                return shown.Length == 0 ? one.WriteEmptyAsync(404) : one.WriteAsync(WriteList(shown));
            },
            showsConsistency: false);
    }

    private async Task UpdateAsync(ApiCall call)
    {
        CoordinateUpdateBody body = await call.ReadJsonAsync(CoordinateUpdateBody.Shape);
        if (call.Context.Datacenter is { } other && !string.Equals(other, node.Datacenter, StringComparison.OrdinalIgnoreCase))
        {
            throw new DiscoveryException(DiscoveryError.NoPathToDatacenter, "No path to datacenter");
        }

        // A node without a coordinate has nothing to tell.
        if (body.Coord is { } coordinate && body.Node.Length > 0)
        {
            try
            {
                await node.Coordinates.UpdateAsync(
                    new NodeCoordinate(
                        body.Node,
                        body.Segment,
                        new Coordinate(coordinate.Vec ?? [], coordinate.Error, coordinate.Adjustment, coordinate.Height)),
                    call.Context,
                    call.Aborted);
            }
            catch (CatalogRefusedException refused) when (refused.Reason == CatalogRefusal.IncompatibleCoordinate)
            {
                throw new ApiException(500, "incompatible coordinate");
            }
        }

        await call.WriteEmptyAsync();
    }

    private static JsonBuffer WriteList(IEnumerable<NodeCoordinate> coordinates)
    {
        var json = new JsonBuffer();
        json.Byte((byte)'[');
        bool isFirst = true;
        foreach (NodeCoordinate coordinate in coordinates)
        {
            Write(isFirst ? json : json.Byte((byte)','), coordinate);
            isFirst = false;
        }

        return json.Byte((byte)']');
    }

    private static void Write(JsonBuffer json, NodeCoordinate one)
    {
        json.Raw("{\"Node\":"u8).String(one.Node).Raw(",\"Segment\":"u8).String(one.Segment).Raw(",\"Coord\":{\"Vec\":["u8);
        IReadOnlyList<double> vector = one.Coordinate.Vector;
        for (int i = 0; i < vector.Count; i++)
        {
            (i > 0 ? json.Byte((byte)',') : json).Number(vector[i]);
        }

        json.Raw("],\"Error\":"u8).Number(one.Coordinate.Error);
        json.Raw(",\"Adjustment\":"u8).Number(one.Coordinate.Adjustment);
        json.Raw(",\"Height\":"u8).Number(one.Coordinate.Height).Raw("}}"u8);
    }
}
