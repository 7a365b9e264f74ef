/**
 * A certificate that nobody vouches for, for `rebinding.test` and 127.0.0.1, valid until 2126, and its key, which is used
 * for nothing else. Made by:
 * openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 \
 *   -subj "/CN=misbehaving origin of the tests" -addext "subjectAltName=DNS:rebinding.test,IP:127.0.0.1"
 */
export const selfSigned = {
  cert: `-----BEGIN CERTIFICATE-----
MIIByzCCAXKgAwIBAgIUVjBWAlJSORbGBVW1hHkh0yXGjJ8wCgYIKoZIzj0EAwIw
KjEoMCYGA1UEAwwfbWlzYmVoYXZpbmcgb3JpZ2luIG9mIHRoZSB0ZXN0czAgFw0y
NjExMjIxNjMwNThaGA8yMTI2MTAyOTE2MzA1OFowKjEoMCYGA1UEAwwfbWlzYmVo
YXZpbmcgb3JpZ2luIG9mIHRoZSB0ZXN0czBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABJ464EZNAw7ZcniZ7g3unV3EnKF6heu4Eb1qhfsEgPFzdN7wowxtQ1K0hF91
xak9sE+9fXY0pqNZScu6wYVOUJqjdDByMB0GA1UdDgQWBBSEi5UQfWCt4lXHOsRY
T2Q8s7pJ7DAfBgNVHSMEGDAWgBSEi5UQfWCt4lXHOsRYT2Q8s7pJ7DAPBgNVHRMB
Af8EBTADAQH/MB8GA1UdEQQYMBaCDnJlYmluZGluZy50ZXN0hwR/AAABMAoGCCqG
SM49BAMCA0cAMEQCIEGKP2KA5n27MSWxQpyltEFUo7gTmMNcm+gj/5VczBIQAiB8
CvZMrJNfTN+YAPgQmp4MfcULAcuNf5fCLOscTOX9ew==
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgo3C4LWVNpYGsjD6c
MTIiGQCIQPK5aJKGjKl67S8vCaahRANCAASeOuBGTQMO2XJ4me4N7p1dxJyheoXr
uBG9aoX7BIDxc3Te8KMMbUNStIRfdcWpPbBPvX12NKajWUnLusGFTlCa
-----END PRIVATE KEY-----`,
} as const;
