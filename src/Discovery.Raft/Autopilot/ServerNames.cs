using Discovery.Catalog;
using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>Who a member is to a user: as it said itself, or while it was not heard since the start, as the catalog has it.</summary>
internal sealed class ServerNames(ServerList others, StateMachine stateMachine, CatalogState catalog)
{
    private const string ServerService = "consul";

    /// <summary>Its name, or its node id while nobody knows it; where its RPC port is, or nothing.</summary>
    public (string Name, string Address) Find(VoterId id)
    {
        if (others.Heard.FirstOrDefault(server => server.Id.Node == id.Node) is { } heard)
        {
            return (heard.Name, heard.Address.ToString());
        }

        if (!stateMachine.KeepsState || stateMachine.Current is not { } state || catalog.FindNode(state, id.Node) is not { } node)
        {
            return (id.Node.ToString("D"), "");
        }

        CatalogService? service = state.Get(catalog.Services, CatalogState.KeyOnNode(node.Name, ServerService));
        return (node.Name, service is null ? "" : new PeerAddress(node.Address, service.Port).ToString());
    }
}
