using System.Buffers;
using System.Text;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Api.Doctor;

/// <summary>Asks a deployment from outside, as Twilio does.</summary>
internal sealed class OutsideClient(Uri address, DoctorBounds bounds) : IDisposable
{
    private const int MostBytes = 64 * 1024;

    // No redirects: where they lead is a finding. A service on this machine is not asked through a proxy.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !address.IsLoopback, ConnectTimeout = bounds.Answer })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <exception cref="OutsideException">No answer came.</exception>
    public Task<OutsideAnswer> GetAsync(Uri url, CancellationToken cancellationToken) => SendAsync(new HttpRequestMessage(HttpMethod.Get, url), cancellationToken);

    /// <summary>Posts a form, with this signature or none.</summary>
    /// <exception cref="OutsideException">No answer came.</exception>
    public Task<OutsideAnswer> PostAsync(Uri url, IEnumerable<KeyValuePair<string, string>> fields, string? signature, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(fields) };
        if (signature is not null)
            request.Headers.Add(TwilioRequestSignature.Header, signature);
        return SendAsync(request, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<OutsideAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var mine = request;
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        inTime.CancelAfter(bounds.Answer);
        var before = bounds.Clock.GetUtcNow();
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, inTime.Token);
            var at = before + ((bounds.Clock.GetUtcNow() - before) / 2);
            var body = await BeginningAsync(answer.Content, inTime.Token);
            return new OutsideAnswer((int)answer.StatusCode, body, answer.Headers.Location?.ToString(), answer.Headers.Date, at);
        }
        catch (Exception e) when (OutsideException.Explains(e) && !cancellationToken.IsCancellationRequested)
        {
            throw OutsideException.Of(e, request.RequestUri!);
        }
    }

    private static async Task<string> BeginningAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(MostBytes);
        try
        {
            return Encoding.UTF8.GetString(buffer, 0, await body.ReadAtLeastAsync(buffer.AsMemory(0, MostBytes), MostBytes, throwOnEndOfStream: false, cancellationToken));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
