using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Discovery.Infrastructure;

/// <summary>The request's body.</summary>
internal sealed partial class ApiCall
{
    /// <summary>Reads a JSON body into an object; 400 in the words of Go's decoder for what cannot be read.</summary>
    public async ValueTask<T> ReadJsonAsync<T>(GoShape<T> shape)
        where T : class, new()
    {
        var target = new T();
        if (GoJson.Decode(await ReadBodyAsync(), shape, target) is { } error)
        {
            throw ApiException.BadRequest(GoJson.ErrorPrefix + GoJson.WithEnterpriseHint(error));
        }

        return target;
    }

    /// <summary>Reads the request's body; one that is too long is refused with 413.</summary>
    public ValueTask<byte[]> ReadBodyAsync()
    {
        int most = Server.Options.BodyBytesMax;
        return ReadBodyAsync(most, (length, _) => string.Create(
            CultureInfo.InvariantCulture,
            $"Request body({length} bytes) too large, max size: {most} bytes (HttpApiOptions.BodyBytesMax)."));
    }

    /// <summary>Reads the request's body; one that is too long is refused with 413.</summary>
    /// <param name="most">The longest.</param>
    /// <param name="refusal">
    /// The text for a longer one: how long it is, as far as that is known, and whether its sender has said so.
    /// </param>
    public async ValueTask<byte[]> ReadBodyAsync(int most, Func<long, bool, string> refusal)
    {
        long? told = Http.Request.ContentLength;
        if (told > most)
        {
            throw new ApiException(413, refusal(told.Value, true));
        }

        PipeReader reader = Http.Request.BodyReader;
        while (true)
        {
            ReadResult result = await ReadMoreAsync(reader);
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (buffer.Length > most)
            {
                // The server reads on itself, to keep the connection; what has not been given back would keep it from that.
                long length = buffer.Length;
                reader.AdvanceTo(buffer.End);
                throw new ApiException(413, refusal(length, false));
            }

            if (result.IsCompleted)
            {
                byte[] body = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return body;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    // When the connection breaks in the middle of a body, whichever way the server tells, the call has been given up by its caller.
    private async ValueTask<ReadResult> ReadMoreAsync(PipeReader reader)
    {
        try
        {
            return await reader.ReadAsync(Aborted);
        }
        catch (Exception e) when (e is ConnectionResetException || (e is OperationCanceledException && Aborted.IsCancellationRequested))
        {
            Http.Abort();
            throw new ConnectionAbortedException("The caller went before the end of the body.", e);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            // The server's reader of chunks tells of a length beyond an Int32 so.
            throw new BadHttpRequestException(e.Message, e);
        }
    }
}
