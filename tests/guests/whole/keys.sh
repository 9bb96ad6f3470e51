seq 1000 > f; openssl dgst -sha256 f; openssl dgst -sha3-512 f
openssl enc -aes-256-ctr -K 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff \
    -iv 000102030405060708090a0b0c0d0e0f -in f | openssl dgst -md5
openssl enc -aes-128-cbc -pbkdf2 -pass pass:x -S 0011223344556677 -in f -out g
openssl enc -d -aes-128-cbc -S 0011223344556677 -pbkdf2 -pass pass:x -in g | cmp - f && echo same
openssl ecparam -name prime256v1 -genkey -noout -out k; openssl pkey -in k -pubout -out q
openssl dgst -sha256 -sign k -out s f; openssl dgst -sha256 -verify q -signature s f
openssl genrsa -out rk 1024 2>/dev/null; openssl rsa -in rk -check -noout
